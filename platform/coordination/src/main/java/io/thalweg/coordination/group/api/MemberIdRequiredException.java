package io.thalweg.coordination.group.api;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;

/** A new dynamic member must join again with {@link #memberId()} (KIP-394). */
public final class MemberIdRequiredException extends ThalwegException {

    private final String memberId;

    public MemberIdRequiredException(String memberId) {
        super(ErrorCode.MEMBER_ID_REQUIRED, "join again with the member id given: memberId=" + memberId);
        this.memberId = memberId;
    }

    public String memberId() {
        return memberId;
    }
}
