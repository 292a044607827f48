// XML as a stream of elements: the only door to Expat.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/text/xml.hpp"

#include <expat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <vector>

#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

// Scored nights nest 4 deep, their longest texts are channel lists, and 5 million elements are a hundred nights.
constexpr std::size_t deepest = 32;
constexpr std::size_t most_text = 65536;
constexpr int most_elements = 5'000'000;

struct Parser {
    Parser(const std::string& file, const XmlVisitor& v) : name(file), visitor(v) {}

    const std::string& name;
    const XmlVisitor& visitor;
    XML_Parser expat = nullptr;
    std::vector<XmlElement> open;
    int elements = 0;
    std::exception_ptr failure;

    int line() const { return static_cast<int>(XML_GetCurrentLineNumber(expat)); }
    [[noreturn]] void fail(const std::string& what, const std::string& remedy = {}) const {
        throw DataError(name + " line " + std::to_string(line()), what, remedy);
    }
    // No exception may pass through Expat, which is C.
    template <class F>
    void guarded(F f) {
        if (failure) return;
        try {
            f();
        } catch (...) {
            failure = std::current_exception();
            XML_StopParser(expat, XML_FALSE);
        }
    }

    void begin(const char* tag) {
        if (open.size() == deepest) fail("elements are nested more than 32 deep", "this is no scored night");
        if (++elements > most_elements) fail("more than 5 million elements", "this is no scored night");
        open.push_back({open.empty() ? std::string(tag) : open.back().path + "/" + tag, {}, line()});
        if (open.back().path.size() > most_text) fail("the names of the elements are too long");
        if (visitor.begin) visitor.begin(open.back().path, open.back().line);
    }
    void text(std::string_view s) {
        if (open.empty()) return;
        std::string& all = open.back().text;
        if (all.size() + s.size() > most_text) fail("an element holds more than 65536 bytes of text");
        all += s;
    }
    void end() {
        XmlElement e = std::move(open.back());
        open.pop_back();
        e.text = clean_text(e.text).text;
        if (visitor.end) visitor.end(e);
    }
};

Parser& of(void* p) {
    return *static_cast<Parser*>(p);
}

void on_begin(void* p, const XML_Char* tag, const XML_Char**) {
    of(p).guarded([&] { of(p).begin(tag); });
}
void on_end(void* p, const XML_Char*) {
    of(p).guarded([&] { of(p).end(); });
}
void on_text(void* p, const XML_Char* s, int n) {
    of(p).guarded([&] { of(p).text({s, static_cast<std::size_t>(n)}); });
}
void on_entity(void* p, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*, const XML_Char*,
               const XML_Char*) {
    of(p).guarded([&] { of(p).fail("the document declares an entity", "entities are not read: remove the DOCTYPE"); });
}
int on_external(XML_Parser expat, const XML_Char*, const XML_Char*, const XML_Char*, const XML_Char*) {
    Parser& parser = of(XML_GetUserData(expat));
    parser.guarded([&] { parser.fail("the document refers to another document", "entities are not read"); });
    return XML_STATUS_ERROR;
}

}  // namespace

void read_xml(std::string_view bytes, const std::string& name, const XmlVisitor& visitor, bool is_utf8) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> expat(
        XML_ParserCreate(is_utf8 ? "UTF-8" : nullptr), &XML_ParserFree);
    if (!expat) throw DataError(name, "there is no memory for reading XML");
    Parser parser(name, visitor);
    parser.expat = expat.get();
    XML_SetUserData(expat.get(), &parser);
    XML_SetElementHandler(expat.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(expat.get(), on_text);
    XML_SetEntityDeclHandler(expat.get(), on_entity);
    XML_SetExternalEntityRefHandler(expat.get(), on_external);
    constexpr std::size_t block = 1 << 20;
    do {
        const std::string_view part = bytes.substr(0, block);
        bytes.remove_prefix(part.size());
        const auto status = XML_Parse(expat.get(), part.data(), static_cast<int>(part.size()), bytes.empty());
        if (parser.failure) std::rethrow_exception(parser.failure);
        if (status == XML_STATUS_ERROR)
            parser.fail(std::string("is no well-formed XML: ") + XML_ErrorString(XML_GetErrorCode(expat.get())));
    } while (!bytes.empty());
}

}  // namespace psg::io
