package io.thalweg.gateway.kafka.wire;

import io.netty.util.ReferenceCountUtil;
import io.netty.util.ReferenceCounted;
import java.util.List;

/**
 * A response frame as runs of memory and regions of files, in order. Writing a part to a channel hands it over;
 * {@link #release} is for one of which no part was written.
 *
 * @param parts not empty
 * @param sizeInBytes of all parts
 */
public record EncodedResponse(List<ReferenceCounted> parts, int sizeInBytes) {

    public void release() {
        parts.forEach(ReferenceCountUtil::release);
    }
}
