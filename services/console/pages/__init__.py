"""The pages: one folder each."""

from fastapi import APIRouter

router = APIRouter()
