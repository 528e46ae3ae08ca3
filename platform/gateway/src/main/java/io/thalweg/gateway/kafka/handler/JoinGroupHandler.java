package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.ApiKeys;

/** Joins a classic group; the answer comes when the join phase ends. */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequestData> {

    /** KIP-394. */
    private static final short MEMBER_ID_REQUIRED = 4;

    /** The protocol may be null in the response from here on. */
    private static final short NULLABLE_PROTOCOL = 7;

    /** KIP-814. */
    private static final short SKIP_ASSIGNMENT = 9;

    private final BrokerApi broker;

    JoinGroupHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public Future<Reply> handle(JoinGroupRequestData request, RequestContext context) {
        List<Protocol> protocols = new ArrayList<>(request.protocols().size());
        request.protocols().forEach(protocol -> protocols.add(new Protocol(protocol.name(), protocol.metadata())));
        // Version 0 had one timeout for both.
        int rebalanceMillis = context.version() >= 1 ? request.rebalanceTimeoutMs() : request.sessionTimeoutMs();
        return broker.groups()
                .join(new JoinGroup(
                        request.groupId(),
                        request.memberId(),
                        request.groupInstanceId(),
                        context.clientId(),
                        context.clientHost(),
                        request.sessionTimeoutMs(),
                        rebalanceMillis,
                        request.protocolType(),
                        protocols,
                        context.version() >= MEMBER_ID_REQUIRED,
                        request.reason()))
                .map(joined -> joined(joined, context))
                .otherwise(failure -> failed(request, context, failure))
                .map(Reply::of);
    }

    private static JoinGroupResponseData joined(JoinedGroup joined, RequestContext context) {
        List<JoinGroupResponseMember> members = new ArrayList<>(joined.members().size());
        joined.members()
                .forEach(member -> members.add(new JoinGroupResponseMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.groupInstanceId())
                        .setMetadata(member.metadata())));
        JoinGroupResponseData response = new JoinGroupResponseData()
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generation())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName())
                .setLeader(joined.leaderId())
                .setMembers(members);
        if (joined.protocolName() == null && context.version() < NULLABLE_PROTOCOL) {
            response.setProtocolName("");
        }
        if (context.version() >= SKIP_ASSIGNMENT) {
            response.setSkipAssignment(joined.skipAssignment());
        } else if (joined.skipAssignment()) {
            // A leader that cannot be told to skip must not take itself for the leader: the assignment stands.
            response.setLeader("").setMembers(List.of());
        }
        return response;
    }

    private static JoinGroupResponseData failed(
            JoinGroupRequestData request, RequestContext context, Throwable failure) {
        String memberId =
                failure instanceof MemberIdRequiredException required ? required.memberId() : request.memberId();
        JoinGroupResponseData response = new JoinGroupResponseData()
                .setErrorCode(Failures.code(failure))
                .setMemberId(memberId)
                .setGenerationId(-1)
                .setProtocolName("");
        return context.version() >= NULLABLE_PROTOCOL ? response.setProtocolName(null) : response;
    }
}
