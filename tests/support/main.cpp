#define BOOST_TEST_MODULE bayeux
#include <boost/test/unit_test.hpp>
