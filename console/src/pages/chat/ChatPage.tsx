export default function ChatPage() {
  return <div className="page" />;
}
