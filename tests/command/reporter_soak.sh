#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 20 instances of osft-reporter through random faults and SIGKILLs, in a short form; make reporter-soak is the long one.
exec sh tests/system/reporter/soak.sh 300
