"""Pure decisions of the module: values in, verdict and reason out."""
