"""The PythonFunction component: packaging, role, log group, alias, network."""
