/* SPDX-License-Identifier: Apache-2.0 */
#include "edi/ack.h"
#include "edi/write.h"

const char *
edi_ack_name(enum edi_ack_kind k)
{
	switch (k) {
	case EDI_ACK_CONTRL:
		return "contrl";
	case EDI_ACK_TA1:
		return "ta1";
	case EDI_ACK_997:
		return "997";
	case EDI_ACK_999:
		return "999";
	case EDI_ACK_NONE:
		break;
	}
	return "none";
}

bool
edi_is_ack(const struct edi_message *m)
{
	return span_is(m->id.type, "CONTRL") || span_is(m->id.type, "997") ||
	       span_is(m->id.type, "999");
}

/* Acknowledgements are never acknowledged on their own level. */
static bool
only_answers(const struct edi_interchange *ix)
{
	uint32_t fa = 0;

	for (uint32_t i = 0; i < ix->ngroups; i++)
		fa += span_is(ix->groups[i]->code, "FA");
	if (fa > 0 && fa == ix->ngroups)
		return true;
	for (uint32_t i = 0; i < ix->nmessages; i++) {
		if (!edi_is_ack(ix->messages[i]))
			return false;
	}
	return ix->nmessages > 0;
}

static bool
has_rule(const struct edi_findings *fs, enum edi_rule_id rule)
{
	for (size_t i = 0; i < fs->n; i++) {
		if (fs->list[i].rule == &EDI_RULES[rule])
			return true;
	}
	return false;
}

enum edi_ack_kind
edi_ack_kind(const struct edi_interchange *ix)
{
	if (!ix->header || only_answers(ix) ||
	    has_rule(&ix->findings, EDI_R_TA1_ONLY))
		return EDI_ACK_NONE;
	switch (ix->syntax.family) {
	case EDI_EDIFACT:
		return EDI_ACK_CONTRL;
	case EDI_X12:
		if (ix->verdict == EDI_REJECTED || ix->ngroups == 0)
			return EDI_ACK_TA1;
		return ix->wants_999 ? EDI_ACK_999 : EDI_ACK_997;
	case EDI_UBL:
	case EDI_XML:
	case EDI_CSV:
	case EDI_XLSX:
	case EDI_UNKNOWN:
		break;
	}
	return EDI_ACK_NONE;
}

void
edi_ack_envelope(const struct edi_interchange *ix,
    const struct edi_ack_options *o, struct edi_envelope *e)
{
	*e = (struct edi_envelope){
	    .sender = ix->receiver,
	    .receiver = ix->sender,
	    .control_ref = o->control_ref,
	    .now = o->now,
	    .test = ix->test,
	};
}

enum rc
edi_ack_write(const struct edi_interchange *ix, const struct edi_ack_options *o,
    struct buf *out, struct err *err)
{
	switch (edi_ack_kind(ix)) {
	case EDI_ACK_CONTRL:
		return edi_ack_contrl(ix, o, out, err);
	case EDI_ACK_TA1:
		return edi_ack_x12(ix, false, o, out, err);
	case EDI_ACK_997:
	case EDI_ACK_999:
		return edi_ack_x12(ix, true, o, out, err);
	case EDI_ACK_NONE:
		break;
	}
	return err_set(err, RC_ABSENT, "ack.none",
	    "no acknowledgement answers this interchange");
}
