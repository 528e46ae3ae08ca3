package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.TopicsApi;
import io.thalweg.broker.api.TopicsApi.ConfigChange;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** Changes single settings of a resource, together or not at all (KIP-339). */
final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequestData> {

    private final TopicsApi topics;

    IncrementalAlterConfigsHandler(TopicsApi topics) {
        this.topics = topics;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public Future<Reply> handle(IncrementalAlterConfigsRequestData request, RequestContext context) {
        List<Future<AlterConfigsResourceResponse>> pending = new ArrayList<>();
        request.resources().forEach(resource -> pending.add(alter(resource, request.validateOnly())));
        return Future.join(pending)
                .map(all -> Reply.of(new IncrementalAlterConfigsResponseData().setResponses(all.list())));
    }

    private Future<AlterConfigsResourceResponse> alter(AlterConfigsResource resource, boolean validateOnly) {
        AlterConfigsResourceResponse response = new AlterConfigsResourceResponse()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        return Future.succeededFuture(resource)
                .compose(wanted -> topics.alterConfigs(
                        ConfigCodes.resource(wanted.resourceType(), wanted.resourceName()),
                        changes(wanted),
                        validateOnly))
                .map(response)
                .otherwise(failure ->
                        response.setErrorCode(Failures.code(failure)).setErrorMessage(Failures.message(failure)));
    }

    private static List<ConfigChange> changes(AlterConfigsResource resource) {
        List<ConfigChange> changes = new ArrayList<>();
        resource.configs()
                .forEach(config -> changes.add(new ConfigChange(
                        config.name(), ConfigCodes.operation(config.configOperation()), config.value())));
        return changes;
    }
}
