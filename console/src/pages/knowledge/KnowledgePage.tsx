export default function KnowledgePage() {
  return <div className="page" />;
}
