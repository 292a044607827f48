// Texts of a recording without what may identify a person.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_texts.hpp"

namespace psg::workflow {

namespace {

void say(Findings& findings, const std::string& message, const std::string& repair) {
    findings.push_back({FindingCode::FIX_IDENTITY, message, repair, "output"});
}

}  // namespace

std::string FixTexts::clean_message(std::string text, const std::string& kept) const {
    const std::string mark = "\x01";
    for (std::size_t at = 0; !kept.empty() && (at = text.find(kept, at)) != std::string::npos; at += mark.size())
        text.replace(at, kept.size(), mark);
    text = scrubber_.clean(text);
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += kept.size())
        text.replace(at, mark.size(), kept);
    return text;
}

void FixTexts::clean(std::vector<FixedChannel>& channels, Findings& findings) {
    int changed = 0;
    for (FixedChannel& c : channels)
        for (std::string* text : {&c.output.label, &c.output.transducer, &c.output.prefilter, &c.output.unit}) {
            std::string clean = scrubber_.clean(*text);
            changed += clean != *text;
            names_kept_ += scrubber_.keeps_name(clean);
            *text = std::move(clean);
        }
    if (changed > 0)
        say(findings, std::to_string(changed) + " texts of channels held what may identify a person", "replaced by X");
}

void FixTexts::clean(std::vector<Annotation>& annotations, Findings& findings) {
    int changed = 0;
    for (Annotation& a : annotations) {
        std::string clean = scrubber_.clean(a.text);
        changed += clean != a.text;
        names_kept_ += scrubber_.keeps_name(clean);
        a.text = std::move(clean);
    }
    if (changed > 0)
        say(findings, std::to_string(changed) + " annotations held what may identify a person", "replaced by X");
}

void FixTexts::clean(Findings& findings) const {
    if (scrubber_.has_kept_name())
        say(findings,
            "a name in the header is a word that scorings use, too, and " + std::to_string(names_kept_) +
                " texts of annotations and channels hold it",
            "it stays there; --scrub takes it out");
    for (Finding& f : findings) {
        const bool own = code_name(f.code).starts_with("FIX_");
        f.message = own ? scrubber_.clean(f.message) : std::string(code_meaning(f.code));
        f.repair = own ? scrubber_.clean(f.repair) : "";
        f.label = scrubber_.clean(f.label);
    }
}

}  // namespace psg::workflow
