#include "view/document_json.hpp"

namespace pgcm::view {
namespace {

Json of(const OwnVote& vote, BootTime at) {
    return {{"voter", value(vote.voter)},
            {"held", vote.held},
            {"counts_in_ms", ahead(at, vote.counts_from)},
            {"valid_for_ms", ahead(at, vote.valid_until)},
            {"trouble", text_or_null(vote.trouble)}};
}

}  // namespace

// Not in the unnamed namespace: the templates of document_json.hpp find read() through Place.
static void read(const Place& in, OwnVote& out) {
    Ahead counts_from{out.counts_from}, valid_until{out.valid_until};
    in.required("voter", out.voter);
    in.required("held", out.held);
    in.optional("counts_in_ms", counts_from);
    in.optional("valid_for_ms", valid_until);
    in.optional("trouble", out.trouble);
}

Json value(const PromotionMark& mark) {
    return {{"id", mark.id}, {"timeline", value(mark.timeline)}, {"term", mark.term}};
}

void read(const Place& in, PromotionMark& out) {
    in.required("id", out.id);
    in.required("timeline", out.timeline);
    in.optional("term", out.term);
}

Json value(const Vote& vote) {
    return {{"holder", value(vote.holder)},
            {"stranger", vote.stranger},
            {"term", vote.term},
            {"silent_ms", value(vote.silent)}};
}

void read(const Place& in, Vote& out) {
    in.optional("holder", out.holder);
    in.optional("stranger", out.stranger);
    in.optional("term", out.term);
    in.optional("silent_ms", out.silent);
}

Json value(const LeaseSeen& lease, BootTime at) {
    return {{"term", lease.term},
            {"votes", list(lease.votes, [&](const OwnVote& vote) { return of(vote, at); })},
            {"valid_for_ms", ahead(at, lease.valid_until)},
            {"withheld_for_ms", ahead(at, lease.withheld_until)},
            {"locked_for_ms", age(at, lease.locked_since)},
            {"higher_term", lease.higher_term},
            {"slept", lease.slept}};
}

void read(const Place& in, LeaseSeen& out) {
    Ahead valid_until{out.valid_until}, withheld_until{out.withheld_until};
    in.required("term", out.term);
    in.required("votes", out.votes);
    in.optional("valid_for_ms", valid_until);
    in.optional("withheld_for_ms", withheld_until);
    in.optional("locked_for_ms", out.locked_since);
    in.optional("higher_term", out.higher_term);
    in.optional("slept", out.slept);
}

Json value(const LeaseWish& wish) {
    return {{"kind", value(wish.kind)}, {"above", wish.above}, {"to", value(wish.to)}, {"soon", wish.soon}};
}

void read(const Place& in, LeaseWish& out) {
    in.required("kind", out.kind);
    in.optional("above", out.above);
    in.optional("to", out.to);
    in.optional("soon", out.soon);
}

}  // namespace pgcm::view
