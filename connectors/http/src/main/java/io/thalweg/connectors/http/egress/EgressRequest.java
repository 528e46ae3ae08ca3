package io.thalweg.connectors.http.egress;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;

/**
 * A request and its bounds.
 *
 * @param body empty for none
 * @param timeoutMillis from now to the end of the answer, redirects included
 * @param answerBytesMax a longer answer fails
 * @param statusAlone the answer is complete, with no body, when its status is known; what follows is thrown away
 */
public record EgressRequest(
        HttpMethod method,
        URI uri,
        MultiMap headers,
        Buffer body,
        long timeoutMillis,
        int answerBytesMax,
        int redirectsMax,
        boolean statusAlone) {

    /** The same to another place; its headers go along only to the same origin. */
    EgressRequest redirectedTo(URI target, HttpMethod other, Buffer content) {
        MultiMap kept = MultiMap.caseInsensitiveMultiMap();
        if (EgressClient.sameOrigin(uri, target)) {
            kept.addAll(headers);
        } else {
            for (String harmless : new String[] {"Accept", "Content-Type", "User-Agent"}) {
                String value = headers.get(harmless);
                if (value != null) {
                    kept.set(harmless, value);
                }
            }
        }
        return new EgressRequest(
                other, target, kept, content, timeoutMillis, answerBytesMax, redirectsMax - 1, statusAlone);
    }
}
