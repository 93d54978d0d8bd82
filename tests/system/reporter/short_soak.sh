#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs 20 instances of osft-reporter through random faults and SIGKILLs, for a short time. `make reporter-soak` does the
# same for a long time.
exec sh tests/system/reporter/soak.sh 400
