# Writes OUTPUT, a C++ source that holds the bytes of INPUT as psg::embedded::SYMBOL (run by embed_text()).
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "// Generated from a text file of the project; do not edit.
#include <string_view>
namespace psg::embedded {
static constexpr unsigned char bytes[] = {
${bytes}0};
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL}{reinterpret_cast<const char*>(bytes), sizeof bytes - 1};
}
")
