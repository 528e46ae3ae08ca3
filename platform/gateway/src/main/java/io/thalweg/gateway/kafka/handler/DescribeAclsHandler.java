package io.thalweg.gateway.kafka.handler;

import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** There is no authorizer. Consoles ask for ACLs to find that out, and want this answer rather than a closed socket. */
final class DescribeAclsHandler implements ApiHandler<DescribeAclsRequestData> {

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_ACLS;
    }

    @Override
    public Future<Reply> handle(DescribeAclsRequestData request, RequestContext context) {
        return Future.succeededFuture(Reply.of(new DescribeAclsResponseData()
                .setErrorCode(ErrorCode.SECURITY_DISABLED.code())
                .setErrorMessage("no authorizer is configured")));
    }
}
