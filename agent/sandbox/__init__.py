"""The box: a customer's code on the owner's machine, one class a platform behind `base.Sandbox`."""
