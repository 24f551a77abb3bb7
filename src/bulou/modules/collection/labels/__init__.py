"""Words for coded values: what is wrong with a form and what to change, kinds of questions, states."""
