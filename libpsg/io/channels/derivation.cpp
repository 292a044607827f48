// Channels derived by arithmetic of labels: the expression to a weighted sum of channels.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/channels/derivation.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "libpsg/io/channels/find_channel.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/options.hpp"

namespace psg::io {

namespace {

constexpr std::size_t most_name_bytes = 80, most_expression_bytes = 1000, most_brackets = 32, most_operands = 100;
constexpr double least_factor = 1e-6, most_factor = 1e6;  // proposed: beyond, something is mistyped

// A number, or a weighted sum of channels.
struct Form {
    double number = 0;
    std::map<int, double> weights;  // by channel index; empty: a number
    bool is_number() const { return weights.empty(); }
};

bool is_operator(char c) { return c == '+' || c == '-' || c == '*' || c == '/'; }

class Parser {
public:
    Parser(const Recording& recording, const Derivation& derivation, Findings& findings)
        : recording_(recording), derivation_(derivation), text_(derivation.expression), findings_(findings) {}

    // Two stacks in place of recursion: operands, and the operators and brackets that wait for their right side.
    Form parse() {
        bool operand_next = true;
        for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
            const char c = text_[at_];
            if (operand_next) {
                if (auto form = operand()) {
                    values_.push_back(std::move(*form));
                    if (values_.size() > most_operands || ++operands_ > most_operands) fail("has more than 100 operands");
                    operand_next = false;
                } else if (c == '(') {
                    if (++open_ > most_brackets) fail("has more than 32 open brackets");
                    waiting_.push_back('(');
                    ++at_;
                } else if (c == '-' || c == '+') {
                    if (c == '-') waiting_.push_back('n');
                    ++at_;
                } else {
                    fail("no channel, number or bracket begins", true);
                }
            } else if (c == ')') {
                if (open_ == 0) fail("a bracket is closed that was not opened");
                while (waiting_.back() != '(') reduce();
                waiting_.pop_back();
                --open_;
                ++at_;
            } else if (is_operator(c)) {
                while (!waiting_.empty() && strength(waiting_.back()) >= strength(c)) reduce();
                waiting_.push_back(c);
                ++at_;
                operand_next = true;
            } else {
                fail("an operator (+ - * /) is missing", true);
            }
        }
        if (operand_next) fail("the expression ends where a channel or a number is needed");
        if (open_ > 0) fail("a bracket is not closed");
        while (!waiting_.empty()) reduce();
        return std::move(values_.back());
    }

private:
    [[noreturn]] void fail(const std::string& what, bool with_labels = false) const {
        throw UsageError("--derive '" + derivation_.name + "=" + derivation_.expression + "': " + what + " at character " +
                             std::to_string(at_ + 1),
                         with_labels ? "labels that hold operators or are numbers can be quoted; the channels are " + label_list(recording_) : "");
    }

    void note(const std::string& what) {
        findings_.push_back({.code = FindingCode::CHANNEL_AMBIGUOUS,
                             .message = what + " in the derivation '" + derivation_.name + "=" + derivation_.expression + "'"});
    }

    void skip_blanks() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

    // Does a label or a number that ends before `place` end there for certain?
    bool ends_at(std::size_t place) const {
        return place == text_.size() || text_[place] == ' ' || text_[place] == '(' || text_[place] == ')' || is_operator(text_[place]);
    }

    // Length of the longest label at `place`; 0 if there is none.
    std::size_t longest_label(std::size_t place) const {
        std::size_t longest = 0;
        for (const Channel& c : recording_.channels)
            if (c.label.size() > longest && text_.substr(place).starts_with(c.label) && ends_at(place + c.label.size()))
                longest = c.label.size();
        return longest;
    }

    // Is there a shorter label at this place, with an operator and another label behind it?
    bool could_be_arithmetic(std::size_t length) const {
        for (const Channel& c : recording_.channels) {
            if (c.label.empty() || c.label.size() >= length || !text_.substr(at_).starts_with(c.label)) continue;
            std::size_t next = text_.find_first_not_of(' ', at_ + c.label.size());
            if (next == std::string_view::npos || !is_operator(text_[next])) continue;
            next = text_.find_first_not_of(' ', next + 1);
            if (next != std::string_view::npos && longest_label(next) > 0) return true;
        }
        return false;
    }

    std::optional<std::pair<double, std::size_t>> number_here() const {
        if (!(text_[at_] >= '0' && text_[at_] <= '9') && text_[at_] != '.') return std::nullopt;
        double value = 0;
        const char* first = text_.data() + at_;
        const auto [stop, error] = std::from_chars(first, text_.data() + text_.size(), value, std::chars_format::fixed);
        const auto length = static_cast<std::size_t>(stop - first);
        if (error != std::errc{} || !std::isfinite(value) || !ends_at(at_ + length)) return std::nullopt;
        return std::pair(value, length);
    }

    std::optional<Form> operand() {
        const char c = text_[at_];
        if (c == '\'' || c == '"') {
            const std::size_t end = text_.find(c, at_ + 1);
            if (end == std::string_view::npos) fail("a quote is not closed");
            const std::string_view label = text_.substr(at_ + 1, end - at_ - 1);
            Form form = channel_called(label);
            at_ = end + 1;
            return form;
        }
        const std::size_t length = longest_label(at_);
        const auto number = number_here();
        if (number && number->second >= length) {
            if (number->second == length)
                note("'" + std::string(text_.substr(at_, length)) + "' is read as the number, not as the channel of this label (quote it if the channel is meant),");
            at_ += number->second;
            return Form{number->first, {}};
        }
        if (length > 0) {
            const std::string_view label = text_.substr(at_, length);
            if (could_be_arithmetic(length))
                note("'" + std::string(label) + "' is read as the channel of this label, not as arithmetic of shorter labels (quote those if they are meant),");
            Form form = channel_called(label);
            at_ += length;
            return form;
        }
        if (c == '#') {
            int index = -1;
            const char* first = text_.data() + at_ + 1;
            const auto [stop, error] = std::from_chars(first, text_.data() + text_.size(), index);
            const auto end = static_cast<std::size_t>(stop - text_.data());
            const Channel* channel = error == std::errc{} && ends_at(end) ? recording_.channel(index) : nullptr;
            if (!channel) fail("there is no channel of this number", true);
            at_ = end;
            return form_of(*channel);
        }
        return std::nullopt;
    }

    Form channel_called(std::string_view label) const {
        const Channel* found = nullptr;
        for (const Channel& c : recording_.channels) {
            if (c.label != label) continue;
            if (found)
                fail("several channels are called '" + std::string(label) + "' (write #" + std::to_string(found->index) + " or #" +
                     std::to_string(c.index) + ")");
            found = &c;
        }
        if (!found) fail("there is no channel '" + std::string(label) + "'", true);
        return form_of(*found);
    }

    static Form form_of(const Channel& c) {
        Form form;
        if (c.terms.empty()) form.weights[c.index] = 1;
        for (const DerivedTerm& t : c.terms) form.weights[t.channel] = t.factor;
        return form;
    }

    static int strength(char op) { return op == '(' ? 0 : op == '+' || op == '-' ? 1 : op == 'n' ? 3 : 2; }

    void reduce() {
        const char op = waiting_.back();
        waiting_.pop_back();
        Form right = std::move(values_.back());
        if (op == 'n') {
            values_.back() = scaled(std::move(right), -1);
            return;
        }
        values_.pop_back();
        Form& left = values_.back();
        if (op == '+' || op == '-') {
            if (left.is_number() != right.is_number())
                fail("a number is added to a channel or subtracted from it (a channel whose label is a number is written in quotes), before");
            const double sign = op == '+' ? 1 : -1;
            left.number += sign * right.number;
            for (const auto& [channel, weight] : right.weights) left.weights[channel] += sign * weight;
        } else if (op == '*') {
            if (!left.is_number() && !right.is_number()) fail("two channels are multiplied before");
            left = left.is_number() ? scaled(std::move(right), left.number) : scaled(std::move(left), right.number);
        } else {
            if (!right.is_number()) fail("something is divided by a channel before");
            if (right.number == 0) fail("something is divided by zero before");
            left = scaled(std::move(left), 1 / right.number);
        }
        if (!std::isfinite(left.number)) fail("a number is too large before");
    }

    static Form scaled(Form form, double factor) {
        form.number *= factor;
        for (auto& [channel, weight] : form.weights) weight *= factor;
        return form;
    }

    const Recording& recording_;
    const Derivation& derivation_;
    std::string_view text_;
    Findings& findings_;
    std::size_t at_ = 0, open_ = 0, operands_ = 0;
    std::vector<Form> values_;
    std::vector<char> waiting_;  // + - * / ( and n, the minus before an operand
};

std::string trimmed(std::string_view s) {
    const std::size_t first = s.find_first_not_of(' ');
    return first == std::string_view::npos ? "" : std::string(s.substr(first, s.find_last_not_of(' ') - first + 1));
}

}  // namespace

Derivation parse_derivation(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        throw UsageError("'" + std::string(text.substr(0, 200)) + "' is no derivation", "write NAME=EXPRESSION, as in C4-M1=C4-M2");
    Derivation d{trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
    const CleanText name = clean_text(d.name), expression = clean_text(d.expression);
    if (name.had_control || name.was_latin1 || expression.had_control || expression.was_latin1)
        throw UsageError("a derivation holds control characters or is no UTF-8 text");
    if (d.name.empty()) throw UsageError("the derivation '" + d.expression.substr(0, 200) + "' has no name", "write NAME=EXPRESSION");
    if (d.expression.empty()) throw UsageError("the derivation '" + d.name.substr(0, 200) + "' has no expression", "write NAME=EXPRESSION");
    if (d.name.size() > most_name_bytes) throw UsageError("the name of a derivation is longer than 80 bytes");
    if (d.expression.size() > most_expression_bytes) throw UsageError("the expression of '" + d.name + "' is longer than 1000 bytes");
    return d;
}

Channel derive_channel(const Recording& recording, const Derivation& derivation, int index, Findings& findings) {
    const auto fail = [&](const std::string& what, const std::string& remedy = {}) {
        throw UsageError("--derive '" + derivation.name + "=" + derivation.expression + "': " + what, remedy);
    };
    for (const Channel& c : recording.channels)
        if (c.label == derivation.name)
            fail("the recording has a channel '" + c.label + "' (#" + std::to_string(c.index) + ") already", "give another name");
    Form form = Parser(recording, derivation, findings).parse();
    const bool had_channels = !form.is_number();
    std::erase_if(form.weights, [](const auto& w) { return w.second == 0; });
    if (had_channels && form.is_number()) fail("its channels cancel out");
    if (form.is_number()) fail("it names no channel", "a channel whose label is a number is written in quotes");

    Channel made;
    made.index = index;
    made.label = derivation.name;
    made.unit = "uV";
    made.changes = {{"derived", derivation.expression, "given"}};
    const Channel* first = nullptr;
    double step = 0;
    for (const auto& [channel, factor] : form.weights) {
        const Channel& c = *recording.channel(channel);
        if (!(std::abs(factor) >= least_factor && std::abs(factor) <= most_factor))
            fail("the factor of channel '" + c.label + "' is not between 0.000001 and 1000000");
        if (!c.calibration) fail("channel '" + c.label + "' has no usable calibration");
        if (c.unit != "uV")
            fail("channel '" + c.label + "' is not known to be in volts (its unit is '" + c.unit_text + "')", "if it is, give --unit LABEL=uV");
        if (!first) first = &c;
        if (c.rate != first->rate)
            fail("channel '" + first->label + "' has " + option_text(first->rate.hz()) + " Hz and channel '" + c.label + "' has " +
                     option_text(c.rate.hz()) + " Hz", "only channels of one rate can be combined");
        step += std::abs(factor * c.calibration->scale);
        made.terms.push_back({channel, factor});
    }
    made.rate = first->rate;
    made.samples_per_record = first->samples_per_record;
    made.calibration = Calibration{step, 0};
    return made;
}

}  // namespace psg::io
