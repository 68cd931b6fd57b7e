from stack.testing import *
