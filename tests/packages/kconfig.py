# SPDX-License-Identifier: Apache-2.0
# Reads a Kconfig file, with warnings as errors, and writes a configuration.
# usage: python3 kconfig.py KCONFIG OUTPUT [NAME=VALUE]...
# A value that the Kconfig file does not allow ends the program with 1.
import sys

import kconfiglib

kconfig = kconfiglib.Kconfig(sys.argv[1], warn_to_stderr=False)
problems = list(kconfig.warnings)
for setting in sys.argv[3:]:
    name, value = setting.split("=", 1)
    symbol = kconfig.syms.get(name)
    if symbol is None or not symbol.nodes:
        problems.append(f"no option {name}")
    elif not symbol.set_value(value) or symbol.str_value != value:
        problems.append(f"{name} cannot be {value}")
if problems:
    sys.exit("\n".join(problems))
kconfig.write_config(sys.argv[2])
