package io.thalweg.system.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.thalweg.system.architecture.PlatformClasses.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import io.thalweg.environment.FileHandle;
import io.thalweg.log.RecordSlices;
import io.thalweg.replication.Replica;
import io.vertx.core.AsyncResult;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arrows of docs/ARCHITECTURE.md: what is absent there is forbidden. */
class ModuleRulesTest {

    private static final String PLATFORM = "io.thalweg..";

    private static final Class<?>[] FUTURE_AND_ITS_FACES = {
        Future.class, Promise.class, CompositeFuture.class, AsyncResult.class, Handler.class
    };

    /** All that a door or a client may know of the broker. */
    private static final DescribedPredicate<JavaClass> BROKER_PORT = resideInAnyPackage(
                    "io.thalweg.broker.api..",
                    "io.thalweg.coordination.group.api..",
                    "io.thalweg.log.error..",
                    "io.thalweg.log.record..")
            .or(belongToAnyOf(RecordSlices.class));

    @Test
    void theRulesSeeEveryModule() {
        for (String module : List.of(
                "environment",
                "log",
                "cluster",
                "coordination",
                "replication",
                "broker",
                "client",
                "gateway",
                "connectors.api",
                "connectors.runtime",
                "connectors.file",
                "connectors.http",
                "connectors.process",
                "streams",
                "console",
                "launcher")) {
            assertThat(ALL.stream().anyMatch(type -> type.getPackageName().startsWith("io.thalweg." + module)))
                    .as(module)
                    .isTrue();
        }
    }

    @Test
    void environmentUsesTheJdkAlone() {
        mayUseOfThePlatform("io.thalweg.environment..", resideInAPackage("io.thalweg.environment.."));
        mayNotUse("io.thalweg.environment..", "io.vertx..", "io.netty..", "org.apache.kafka..", "org.slf4j..");
    }

    @Test
    void logStandsOnEnvironmentAndKnowsNeitherVertxNorTheNetwork() {
        mayUseOfThePlatform("io.thalweg.log..", resideInAnyPackage("io.thalweg.log..", "io.thalweg.environment.."));
        mayNotUse("io.thalweg.log..", "io.vertx..", "io.netty..", "com.hazelcast..", "java.net..");
    }

    @Test
    void aReplicaIsPure() {
        assertThat(ALL.contain(Replica.class)).isTrue();
        mayUseOfThePlatform("io.thalweg.replication", resideInAPackage("io.thalweg.replication"));
        mayNotUse(
                "io.thalweg.replication",
                "io.vertx..",
                "io.netty..",
                "com.hazelcast..",
                "java.net..",
                "java.nio..",
                "java.time..",
                "java.util.concurrent..");
    }

    @Test
    void replicationStandsOnTheLogAndUsesOfVertxFuturePromiseAndBufferAlone() {
        mayUseOfThePlatform(
                "io.thalweg.replication..",
                resideInAnyPackage("io.thalweg.replication..", "io.thalweg.log..", "io.thalweg.environment.."));
        mayNotUse("io.thalweg.replication..", "io.netty..", "com.hazelcast..", "java.net..");
        mayUseOfVertxFutureAndPromiseAnd("io.thalweg.replication..", belongToAnyOf(Buffer.class));
    }

    @Test
    void clusterKnowsNothingOfWhatIsStored() {
        mayUseOfThePlatform(
                "io.thalweg.cluster..", resideInAnyPackage("io.thalweg.cluster..", "io.thalweg.environment.."));
    }

    @Test
    void coordinationStandsOnTheLogAndUsesOfVertxFutureAndPromiseAlone() {
        mayUseOfThePlatform(
                "io.thalweg.coordination..",
                resideInAnyPackage("io.thalweg.coordination..", "io.thalweg.log..", "io.thalweg.environment.."));
        mayUseOfVertxFutureAndPromiseAnd("io.thalweg.coordination..", DescribedPredicate.alwaysFalse());
    }

    @Test
    void brokerKnowsNoDoorAndNoClient() {
        mayUseOfThePlatform(
                "io.thalweg.broker..",
                resideInAnyPackage(
                        "io.thalweg.broker..",
                        "io.thalweg.cluster",
                        "io.thalweg.cluster.balance..",
                        "io.thalweg.replication..",
                        "io.thalweg.coordination..",
                        "io.thalweg.log..",
                        "io.thalweg.environment.."));
    }

    @Test
    void clientUsesTheBrokersPortAlone() {
        mayUseOfThePlatform("io.thalweg.client..", BROKER_PORT.or(resideInAPackage("io.thalweg.client..")));
        mayNotUse("io.thalweg.client..", "io.vertx.ext.web..", "io.netty..");
    }

    @Test
    void doorsUseTheBrokersPortAndTheClientAlone() {
        mayUseOfThePlatform(
                "io.thalweg.gateway..",
                BROKER_PORT
                        .or(resideInAnyPackage("io.thalweg.gateway..", "io.thalweg.client.."))
                        // A region of RecordSlices is of a file, which the Kafka door sends from.
                        .or(belongToAnyOf(FileHandle.class)));
    }

    @Test
    void doorsDoNotKnowEachOther() {
        for (String door : List.of("kafka", "http")) {
            noClasses()
                    .that()
                    .resideInAPackage("io.thalweg.gateway." + door + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.thalweg.gateway..")
                            // How records look as JSON and who gives way to whom is said once, for all doors.
                            .and(not(resideInAnyPackage(
                                    "io.thalweg.gateway." + door + "..",
                                    "io.thalweg.gateway.json..",
                                    "io.thalweg.gateway.admission.."))))
                    .check(ALL);
        }
    }

    @Test
    void connectorsKnowTheirApiAlone() {
        mayUseOfThePlatform("io.thalweg.connectors.api..", resideInAPackage("io.thalweg.connectors.api.."));
        for (String family : List.of("file", "http", "process")) {
            mayUseOfThePlatform(
                    "io.thalweg.connectors." + family + "..",
                    resideInAnyPackage("io.thalweg.connectors.api..", "io.thalweg.connectors." + family + ".."));
        }
    }

    @Test
    void theConnectorRuntimeStandsOnTheClient() {
        mayUseOfThePlatform(
                "io.thalweg.connectors.runtime..",
                BROKER_PORT.or(resideInAnyPackage(
                        "io.thalweg.connectors.api..", "io.thalweg.connectors.runtime..", "io.thalweg.client..")));
    }

    @Test
    void streamsStandOnTheClient() {
        mayUseOfThePlatform(
                "io.thalweg.streams..",
                BROKER_PORT.or(resideInAnyPackage("io.thalweg.streams..", "io.thalweg.client..")));
        mayNotUse("io.thalweg.streams..", "io.vertx.ext.web..", "io.netty..");
    }

    @Test
    void theConsoleStandsOnVertxAlone() {
        mayUseOfThePlatform("io.thalweg.console..", resideInAnyPackage("io.thalweg.console.."));
    }

    @Test
    void nobodyUsesTheLauncher() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thalweg.launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.thalweg.launcher..")
                .check(ALL);
    }

    @Test
    void onlyLogRecordTouchesKafkasInternalRecordClasses() {
        // The generated Produce and Fetch messages carry them in their signatures, so their codec cannot do without.
        noClasses()
                .that()
                .resideOutsideOfPackages("io.thalweg.log.record..", "io.thalweg.gateway.kafka.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka.common.record.internal..", "org.apache.kafka.common.compress..")
                .check(ALL);
    }

    @Test
    void onlyTheClustersOwnPackageTouchesHazelcast() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.thalweg.cluster.hazelcast..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(ALL);
    }

    private static void mayUseOfVertxFutureAndPromiseAnd(String module, DescribedPredicate<JavaClass> also) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("io.vertx..")
                        .and(not(belongToAnyOf(FUTURE_AND_ITS_FACES)))
                        .and(not(also))
                        .and(not(resideInAPackage("io.vertx.codegen.."))))
                .allowEmptyShould(true)
                .check(ALL);
    }

    private static void mayUseOfThePlatform(String module, DescribedPredicate<JavaClass> allowed) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage(PLATFORM).and(not(allowed)))
                .check(ALL);
    }

    private static void mayNotUse(String module, String... packages) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .check(ALL);
    }
}
