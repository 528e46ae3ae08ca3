package io.thalweg.gateway.kafka.handler;

import io.vertx.core.Future;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** No partition is ever being moved on one node; tools ask all the same. */
final class ListPartitionReassignmentsHandler implements ApiHandler<ListPartitionReassignmentsRequestData> {

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public Future<Reply> handle(ListPartitionReassignmentsRequestData request, RequestContext context) {
        return Future.succeededFuture(Reply.of(new ListPartitionReassignmentsResponseData()));
    }
}
