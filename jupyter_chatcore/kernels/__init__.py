"""What the server knows of running kernels: their variables, read without disturbing them."""
