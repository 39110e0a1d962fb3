// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
// Compiled once for each public header, with nothing before it: a header that forgets an include fails here.
// The build passes the name without quotes, which no two shells treat alike.
#define TESTMON_QUOTE(name) #name
#define TESTMON_QUOTE_VALUE(name) TESTMON_QUOTE(name)

#include TESTMON_QUOTE_VALUE(TESTMON_HEADER)
#include TESTMON_QUOTE_VALUE(TESTMON_HEADER) // and its include guard holds
