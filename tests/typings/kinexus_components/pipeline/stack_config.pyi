from stack.pipeline.stack_config import *
