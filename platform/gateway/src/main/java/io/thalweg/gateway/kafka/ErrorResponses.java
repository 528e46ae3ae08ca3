package io.thalweg.gateway.kafka;

import io.thalweg.log.error.ErrorCode;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/** The response that says of everything in a request that it failed, in the shape that Kafka gives it in each version. */
final class ErrorResponses {

    private ErrorResponses() {}

    /** @return null where the API has no such response: then only closing the connection tells the client */
    static @Nullable ApiMessage of(ApiKeys key, short version, ApiMessage request, ErrorCode error) {
        // Only Kafka's request classes know how; they are made from bytes. This path is for defects: it may be slow.
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(request, version);
        AbstractRequest parsed = AbstractRequest.parseRequest(key, version, bytes).request;
        AbstractResponse response =
                parsed.getErrorResponse(0, Errors.forCode(error.code()).exception());
        return response == null ? null : response.data();
    }
}
