// The one place where Asio and Beast are compiled: BOOST_ASIO_SEPARATE_COMPILATION and
// BOOST_BEAST_SEPARATE_COMPILATION keep their bodies out of every other file.

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
