package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** Deletes empty groups with their offsets. */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequestData> {

    private final BrokerApi broker;

    DeleteGroupsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public Future<Reply> handle(DeleteGroupsRequestData request, RequestContext context) {
        List<Future<DeletableGroupResult>> pending = new ArrayList<>();
        for (String groupId : new LinkedHashSet<>(request.groupsNames())) {
            DeletableGroupResult result = new DeletableGroupResult().setGroupId(groupId);
            pending.add(broker.groups()
                    .delete(groupId)
                    .map(result)
                    .otherwise(failure -> result.setErrorCode(Failures.code(failure))));
        }
        return Future.join(pending).map(all -> {
            DeleteGroupsResponseData response = new DeleteGroupsResponseData();
            all.<DeletableGroupResult>list().forEach(response.results()::mustAdd);
            return Reply.of(response);
        });
    }
}
