"""Template tags of the furniture. They hold no words and no logic of their own."""
