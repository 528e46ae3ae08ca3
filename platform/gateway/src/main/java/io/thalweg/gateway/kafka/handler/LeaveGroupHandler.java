package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi.LeaveOutcome;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** Takes members out of a group. */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequestData> {

    /** Many members in one request from here on (KIP-345). */
    private static final short BATCHED = 3;

    private final BrokerApi broker;

    LeaveGroupHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public Future<Reply> handle(LeaveGroupRequestData request, RequestContext context) {
        List<LeavingMember> members = new ArrayList<>();
        if (context.version() >= BATCHED) {
            request.members()
                    .forEach(member -> members.add(
                            new LeavingMember(member.memberId(), member.groupInstanceId(), member.reason())));
        } else {
            members.add(new LeavingMember(request.memberId(), null, null));
        }
        return broker.groups()
                .leave(request.groupId(), members)
                .map(outcomes -> left(outcomes, context))
                .otherwise(failure -> new LeaveGroupResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }

    private static LeaveGroupResponseData left(List<LeaveOutcome> outcomes, RequestContext context) {
        if (context.version() < BATCHED) {
            return new LeaveGroupResponseData()
                    .setErrorCode(outcomes.get(0).error().code());
        }
        List<MemberResponse> members = new ArrayList<>(outcomes.size());
        outcomes.forEach(outcome -> members.add(new MemberResponse()
                .setMemberId(outcome.member().memberId())
                .setGroupInstanceId(outcome.member().groupInstanceId())
                .setErrorCode(outcome.error().code())));
        return new LeaveGroupResponseData().setMembers(members);
    }
}
