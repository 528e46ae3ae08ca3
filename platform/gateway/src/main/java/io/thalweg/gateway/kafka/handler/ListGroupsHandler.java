package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi.GroupListing;
import io.vertx.core.Future;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;

/** Lists groups, all of which are of the classic type. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequestData> {

    private static final String TYPE = "classic";

    private final BrokerApi broker;

    ListGroupsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public Future<Reply> handle(ListGroupsRequestData request, RequestContext context) {
        return broker.groups()
                .list()
                .map(all -> response(request, all))
                .otherwise(failure -> new ListGroupsResponseData().setErrorCode(Failures.code(failure)))
                .map(Reply::of);
    }

    private static ListGroupsResponseData response(ListGroupsRequestData request, List<GroupListing> groups) {
        ListGroupsResponseData response = new ListGroupsResponseData();
        if (!contains(request.typesFilter(), TYPE)) {
            return response;
        }
        for (GroupListing group : groups) {
            if (contains(request.statesFilter(), group.state().kafkaName())) {
                response.groups()
                        .add(new ListedGroup()
                                .setGroupId(group.groupId())
                                .setProtocolType(group.protocolType())
                                .setGroupState(group.state().kafkaName())
                                .setGroupType(TYPE));
            }
        }
        return response;
    }

    /** An empty filter takes all. */
    private static boolean contains(List<String> filter, String value) {
        return filter.isEmpty() || filter.stream().anyMatch(value::equalsIgnoreCase);
    }
}
