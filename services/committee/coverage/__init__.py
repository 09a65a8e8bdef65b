"""Coverage: in how many aimaks and towns a committee may sit, may sit no more, or never could."""
