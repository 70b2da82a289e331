"""Feedback: what people say of a service, a stage, a part of its description or any public page, and what the holder
answers.

Nobody signs in, and nothing that would tell who spoke is kept: codes, telephone numbers and addresses are masked before
anything is written, and the e-mail address for an answer is sealed and forgotten once the answer has gone. It must not
decide what a low rating means; it counts, and says of how many. Besides the usual files:
`masking.py` (what must not stand in a comment, pure), `flood.py` (how many messages one sender may leave, counted in
the cache under a key that changes daily), `sealing.py` (the address as it lies in the database), `letters.py` (the
words of the answer that goes out).
`moving.py` says what a reorganisation of bodies does here, and takes it back.
"""
