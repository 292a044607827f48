// XML as a stream of elements: the only door to Expat.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace psg::io {

/// An element as it ends.
struct XmlElement {
    std::string path;  ///< names from the root, joined by '/': "PSGAnnotation/ScoredEvents/ScoredEvent/Start"
    std::string text;  ///< its own character data without that of its children, UTF-8, trimmed
    int line = 0;      ///< where it began
};

/// What is called while a file is read. Either may be empty.
struct XmlVisitor {
    std::function<void(std::string_view path, int line)> begin;
    std::function<void(const XmlElement&)> end;
};

/// Reads a document in one pass; memory does not grow with the document. Attributes, comments and processing
/// instructions are skipped. DataError with line and reason: text that is no well-formed XML, elements nested more than
/// 32 deep, more than 64 kB of text in one element, a document type with entities or an external part (they could make
/// a small file huge), more than 5 million elements. An exception of the visitor ends the reading and is passed on.
/// `is_utf8`: the bytes are UTF-8, whatever the document declares.
void read_xml(std::string_view bytes, const std::string& name, const XmlVisitor& visitor, bool is_utf8 = false);

}  // namespace psg::io
