"""What audit judges by: pure, values in and values out."""
