// Copyright 2026 the testmon authors. Distributed under the Boost Software License, Version 1.0.
#ifndef TESTMON_TEST_SUPPORT_ENVIRONMENT_HPP
#define TESTMON_TEST_SUPPORT_ENVIRONMENT_HPP

#include <cstdlib>
#include <string>

namespace testmon::test
{

/// Sets an environment variable of this process for the life of the object.
class environment_variable
{
  public:
    environment_variable(std::string name, std::string const& value) : name_(std::move(name))
    {
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    ~environment_variable() { ::unsetenv(name_.c_str()); }
    environment_variable(environment_variable const&) = delete;
    environment_variable& operator=(environment_variable const&) = delete;

  private:
    std::string name_;
};

} // namespace testmon::test

#endif
