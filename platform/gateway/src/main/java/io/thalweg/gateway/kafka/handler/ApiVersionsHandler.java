package io.thalweg.gateway.kafka.handler;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/** Tells what this door serves. */
final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequestData> {

    /** KIP-511. */
    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");

    private final Supplier<ApiVersionCollection> advertised;

    ApiVersionsHandler(Supplier<ApiVersionCollection> advertised) {
        this.advertised = advertised;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.API_VERSIONS;
    }

    @Override
    public Future<Reply> handle(ApiVersionsRequestData request, RequestContext context) {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        if (context.version() >= 3
                && !(SOFTWARE.matcher(request.clientSoftwareName()).matches()
                        && SOFTWARE.matcher(request.clientSoftwareVersion()).matches())) {
            return Future.succeededFuture(Reply.of(response.setErrorCode(ErrorCode.INVALID_REQUEST.code())));
        }
        // No features are finalized: clients then take transaction version 0 and the classic group protocol.
        return Future.succeededFuture(
                Reply.of(response.setApiKeys(advertised.get()).setFinalizedFeaturesEpoch(-1)));
    }

    /** The answer, always in version 0, to a version of this API that we do not know (KIP-511). */
    static ApiVersionsResponseData unsupportedVersion() {
        ApiVersionCollection own = new ApiVersionCollection();
        own.add(new ApiVersion()
                .setApiKey(ApiKeys.API_VERSIONS.id)
                .setMinVersion(ApiKeys.API_VERSIONS.oldestVersion())
                .setMaxVersion(ApiKeys.API_VERSIONS.messageType.highestSupportedVersion(false)));
        return new ApiVersionsResponseData()
                .setErrorCode(ErrorCode.UNSUPPORTED_VERSION.code())
                .setApiKeys(own);
    }
}
