package maru.nori;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanNumberFilter;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanReadingFormFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.ko.KoreanTokenizer.DecompoundMode;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.UserDictionary;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.opensearch.index.analysis.AbstractTokenFilterFactory;
import org.opensearch.index.analysis.AbstractTokenizerFactory;
import org.opensearch.index.analysis.Analysis;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.index.analysis.TokenFilterFactory;
import org.opensearch.index.analysis.TokenizerFactory;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.Plugin;

/** Lucene's Korean analysis under the names and settings of the stock analysis-nori plugin, which is not published for this version. */
public final class NoriPlugin extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("nori_tokenizer", NoriTokenizer::new);
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "nori_readingform", (index, environment, name, settings) -> new Filter(index, name, settings, KoreanReadingFormFilter::new),
            "nori_number", (index, environment, name, settings) -> new Filter(index, name, settings, KoreanNumberFilter::new),
            "nori_part_of_speech", (index, environment, name, settings) -> {
                Set<POS.Tag> stopTags = stopTags(environment, settings);
                return new Filter(index, name, settings, stream -> new KoreanPartOfSpeechStopFilter(stream, stopTags));
            });
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("nori", NoriAnalyzer::new);
    }

    private static UserDictionary dictionary(Environment environment, Settings settings) {
        List<String> words = Analysis.parseWordList(environment, settings, "user_dictionary", "user_dictionary_rules", line -> line);
        if (words == null || words.isEmpty()) {
            return null;
        }
        try {
            return UserDictionary.open(new StringReader(String.join("\n", words)));
        } catch (IOException error) {
            throw new IllegalArgumentException("the nori user dictionary cannot be read", error);
        }
    }

    private static DecompoundMode decompoundMode(Settings settings) {
        String mode = settings.get("decompound_mode");
        return mode == null ? KoreanTokenizer.DEFAULT_DECOMPOUND : DecompoundMode.valueOf(mode.toUpperCase(Locale.ROOT));
    }

    private static Set<POS.Tag> stopTags(Environment environment, Settings settings) {
        List<String> tags = Analysis.parseWordList(environment, settings, "stoptags", line -> line);
        if (tags == null) {
            return KoreanPartOfSpeechStopFilter.DEFAULT_STOP_TAGS;
        }
        return tags.stream().map(POS::resolveTag).collect(Collectors.toSet());
    }

    private static final class Filter extends AbstractTokenFilterFactory {
        private final UnaryOperator<TokenStream> step;

        Filter(IndexSettings index, String name, Settings settings, UnaryOperator<TokenStream> step) {
            super(index, name, settings);
            this.step = step;
        }

        @Override
        public TokenStream create(TokenStream stream) {
            return step.apply(stream);
        }
    }

    private static final class NoriTokenizer extends AbstractTokenizerFactory {
        private final UserDictionary dictionary;
        private final DecompoundMode mode;
        private final boolean discardPunctuation;

        NoriTokenizer(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, settings, name);
            dictionary = dictionary(environment, settings);
            mode = decompoundMode(settings);
            discardPunctuation = settings.getAsBoolean("discard_punctuation", true);
        }

        @Override
        public Tokenizer create() {
            return new KoreanTokenizer(KoreanTokenizer.DEFAULT_TOKEN_ATTRIBUTE_FACTORY, dictionary, mode, false, discardPunctuation);
        }
    }

    private static final class NoriAnalyzer extends AbstractIndexAnalyzerProvider<KoreanAnalyzer> {
        private final KoreanAnalyzer analyzer;

        NoriAnalyzer(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
            analyzer = new KoreanAnalyzer(
                dictionary(environment, settings), decompoundMode(settings), stopTags(environment, settings), false);
        }

        @Override
        public KoreanAnalyzer get() {
            return analyzer;
        }
    }
}
