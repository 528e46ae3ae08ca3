package io.thalweg.gateway.kafka;

import io.thalweg.gateway.kafka.handler.LogRate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients do wrong, and what goes wrong because of them: one line a second at most for either. */
final class ClientFaultLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaGateway.class);

    private final LogRate cuts = new LogRate();
    private final LogRate defects = new LogRate();

    /** @param reason without anything of the client's bytes but numbers */
    void connectionCut(String address, String reason) {
        if (cuts.passes()) {
            LOGGER.atWarn()
                    .addKeyValue("client", address)
                    .addKeyValue("error", reason)
                    .addKeyValue("leftOut", cuts.takeLeftOut())
                    .log("connection closed");
        }
    }

    /** @param what failed, for example an API and its version */
    void defect(String address, String what, Throwable cause) {
        if (defects.passes()) {
            LOGGER.atError()
                    .setCause(cause)
                    .addKeyValue("client", address)
                    .addKeyValue("error", what)
                    .addKeyValue("leftOut", defects.takeLeftOut())
                    .log("request failed because of a defect of the platform");
        }
    }
}
