package io.thalweg.gateway.kafka.handler;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;

/** What a client may do, as Kafka answers it without an authorizer: everything that the kind of resource knows. */
final class AuthorizedOperations {

    static final int CLUSTER = bits(List.of(
            AclOperation.CREATE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE));

    static final int TOPIC = bits(List.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DESCRIBE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));

    static final int GROUP = bits(List.of(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DELETE));

    private AuthorizedOperations() {}

    private static int bits(List<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
