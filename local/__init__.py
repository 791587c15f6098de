"""Everything that `make run` starts on one machine: the embedded AWS, the model server, the HTTP face, and who watches them."""
