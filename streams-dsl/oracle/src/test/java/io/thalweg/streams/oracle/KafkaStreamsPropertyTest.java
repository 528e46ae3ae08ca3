package io.thalweg.streams.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.streams.Serdes;
import io.thalweg.streams.StreamApp;
import io.thalweg.streams.driver.TopologyDriver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.common.serialization.Serdes.StringSerde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * For fresh random inputs every input has the same outputs in Kafka Streams and in ours: keys, values, timestamps, order. A
 * failure names the seed; {@code -Doracle.seed=N} runs it again.
 */
class KafkaStreamsPropertyTest {

    private static final int RECORDS = 400;

    @ParameterizedTest
    @EnumSource
    void outputsAreThoseOfKafkaStreams(OracleCase topology) {
        compare(topology, 3);
    }

    @Tag("heavy")
    @ParameterizedTest
    @EnumSource
    void outputsAreThoseOfKafkaStreamsForManySeeds(OracleCase topology) {
        compare(topology, 100);
    }

    private static void compare(OracleCase topology, int seeds) {
        Long wanted = Long.getLong("oracle.seed");
        SplittableRandom fresh = new SplittableRandom();
        for (int i = 0; i < seeds; i++) {
            long seed = wanted != null ? wanted : fresh.nextLong();
            List<OracleInputs.In> inputs = OracleInputs.of(seed, RECORDS);
            List<List<String>> expected = kafkas(topology, inputs);
            List<List<String>> found = ours(topology, inputs);
            for (int seq = 0; seq < inputs.size(); seq++) {
                assertThat(found.get(seq))
                        .as(
                                "%s seed %d input %d %s; run it again with -Doracle.seed=%d",
                                topology, seed, seq, inputs.get(seq), seed)
                        .isEqualTo(expected.get(seq));
            }
        }
    }

    private static List<List<String>> ours(OracleCase topology, List<OracleInputs.In> inputs) {
        StreamApp app = StreamApp.named("oracle");
        topology.ours.accept(app);
        List<List<String>> outputs = new ArrayList<>();
        try (TopologyDriver driver = TopologyDriver.of(app.topology())) {
            var reads = driver.output("out", Serdes.string(), Serdes.string());
            var topics = app.topology().outsideTopics();
            var globals = app.topology().globalTables();
            for (OracleInputs.In in : inputs) {
                boolean read = topics.contains(in.topic())
                        || globals.stream().anyMatch(table -> table.topic().equals(in.topic()));
                if (read) {
                    driver.input(in.topic(), Serdes.string(), Serdes.string())
                            .pipe(in.key(), in.value(), in.timestampMillis());
                }
                List<String> rows = new ArrayList<>();
                reads.readAll().forEach(row -> rows.add(row.key() + " " + row.value() + " " + row.timestampMillis()));
                outputs.add(ordered(topology, rows));
            }
        }
        return outputs;
    }

    private static List<List<String>> kafkas(OracleCase topology, List<OracleInputs.In> inputs) {
        StreamsBuilder builder = new StreamsBuilder();
        topology.kafkas.accept(builder);
        Topology built = builder.build();
        List<List<String>> outputs = new ArrayList<>();
        try (TopologyTestDriver driver = new TopologyTestDriver(built, settings(), java.time.Instant.EPOCH)) {
            TestInputTopic<String, String> a =
                    driver.createInputTopic("a", new StringSerializer(), new StringSerializer());
            TestInputTopic<String, String> b =
                    driver.createInputTopic("b", new StringSerializer(), new StringSerializer());
            TestOutputTopic<String, String> out =
                    driver.createOutputTopic("out", new StringDeserializer(), new StringDeserializer());
            boolean readsB = built.describe().toString().contains("topics: [b]")
                    || built.describe().toString().contains("topic: b)");
            for (OracleInputs.In in : inputs) {
                if (in.topic().equals("a")) {
                    a.pipeInput(in.key(), in.value(), in.timestampMillis());
                } else if (readsB) {
                    b.pipeInput(in.key(), in.value(), in.timestampMillis());
                }
                List<String> rows = new ArrayList<>();
                out.readRecordsToList().forEach(row -> rows.add(row.key() + " " + row.value() + " " + row.timestamp()));
                outputs.add(ordered(topology, rows));
            }
        }
        return outputs;
    }

    private static List<String> ordered(OracleCase topology, List<String> rows) {
        if (topology.fansOut()) {
            Collections.sort(rows);
        }
        return rows;
    }

    /** As the golden files' README says: no cache, no throttles by the wall clock. */
    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "oracle");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1");
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG, StreamsConfig.NO_OPTIMIZATION);
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, StringSerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, StringSerde.class);
        settings.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        settings.put("__emit.interval.ms.kstreams.outer.join.spurious.results.fix__", 0L);
        settings.put("__emit.interval.ms.kstreams.windowed.aggregation__", 0L);
        return settings;
    }
}
