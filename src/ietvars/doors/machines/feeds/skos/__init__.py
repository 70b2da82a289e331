"""Code lists as SKOS: out with everything that other catalogues can use of them, and in from a scheme of theirs."""
