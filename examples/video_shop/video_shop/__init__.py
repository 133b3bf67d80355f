"""A small video shop: accounts buy videos, background jobs process them."""
