package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Hands assignments from the leader of a group to its members. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequestData> {

    /** Members must name the protocol from here on (KIP-559). */
    private static final short PROTOCOL_REQUIRED = 5;

    private final BrokerApi broker;

    SyncGroupHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.SYNC_GROUP;
    }

    @Override
    public Future<Reply> handle(SyncGroupRequestData request, RequestContext context) {
        if (context.version() >= PROTOCOL_REQUIRED
                && (request.protocolType() == null || request.protocolName() == null)) {
            return Future.succeededFuture(
                    Reply.of(new SyncGroupResponseData().setErrorCode(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code())));
        }
        Map<String, byte[]> assignments = new HashMap<>();
        request.assignments().forEach(member -> assignments.put(member.memberId(), member.assignment()));
        return broker.groups()
                .sync(new SyncGroup(
                        request.groupId(),
                        request.generationId(),
                        request.memberId(),
                        request.groupInstanceId(),
                        request.protocolType(),
                        request.protocolName(),
                        assignments))
                .map(synced -> new SyncGroupResponseData()
                        .setProtocolType(synced.protocolType())
                        .setProtocolName(synced.protocolName())
                        .setAssignment(synced.assignment()))
                .otherwise(failure -> new SyncGroupResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }
}
