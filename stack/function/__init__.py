"""The PythonFunction component: packaging, role, log group, layer."""
